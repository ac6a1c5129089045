--[[
Notes the status of a driver that was never heard, if that is still so and no other status was noted.

KEYS[1]  driver:<id>
ARGV     expected order of the status noted before; status, shift, order of the change in the stream, for how many seconds
         to keep it
Returns  1 when it was noted
]]
local region, statusAt = unpack(redis.call('HMGET', KEYS[1], 'region', 'statusAt'))
if region or (statusAt or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'status', ARGV[2], 'shift', ARGV[3], 'statusAt', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
