--[[
Stores the status of a driver without a position, if its driver pointer is unchanged.

KEYS[1]  driver:<id>
ARGV[1]  expected order of the stored status, 0 for none
ARGV[2]  status
ARGV[3]  shift
ARGV[4]  order of the status change in the stream
ARGV[5]  lifetime, s
Returns  1 if the status was stored, 0 if the driver has a region or another status was stored
]]
local region, statusAt = unpack(redis.call('HMGET', KEYS[1], 'region', 'statusAt'))
if region or (statusAt or '0') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'status', ARGV[2], 'shift', ARGV[3], 'statusAt', ARGV[4])
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
