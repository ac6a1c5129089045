--[[
Removes a member from a sorted set, if its score is the expected one.

KEYS[1]  presence-gone:{users-p} or presence-heartbeats
ARGV[1]  member
ARGV[2]  expected score
Returns  1 if the member was removed, otherwise 0
]]
if tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or -1) ~= tonumber(ARGV[2]) then return 0 end
return redis.call('ZREM', KEYS[1], ARGV[1])
