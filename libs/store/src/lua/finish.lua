--[[
Takes something off a list by time, unless it has got another time since.

KEYS[1]  presence-gone:{users-p} or presence-beats
ARGV     member, its expected score
Returns  1 when it was taken off
]]
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or -1) ~= tonumber(ARGV[2]) then return 0 end
return redis.call('ZREM', KEYS[1], ARGV[1])
