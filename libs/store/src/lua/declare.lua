--[[
Notes the status of a driver that was never heard, if that is still so and nothing newer was noted.

KEYS[1]  driver:<id>
ARGV     status, shift, order of the change in the stream, for how many seconds to keep it
Returns  1 when it was noted
]]
local region, at = unpack(redis.call('HMGET', KEYS[1], 'region', 'statusAt'))
if region or tonumber(at or '-1') > tonumber(ARGV[3]) then return 0 end
redis.call('HSET', KEYS[1], 'status', ARGV[1], 'shift', ARGV[2], 'statusAt', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
