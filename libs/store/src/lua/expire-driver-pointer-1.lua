--[[
Lets a driver pointer expire, unless the driver was claimed after its departure. Removes the departure record and the
declared status at once.

KEYS[1]  driver:<id>
ARGV[1]  region that the driver left
ARGV[2]  version of the departure
ARGV[3]  lifetime, s
Returns  nothing
]]
local region, claimed = unpack(redis.call('HMGET', KEYS[1], 'region', 'claimed'))
if region ~= ARGV[1] or tonumber(claimed) > tonumber(ARGV[2]) then return end
redis.call('HDEL', KEYS[1], 'left', 'status', 'shift', 'statusAt')
redis.call('EXPIRE', KEYS[1], ARGV[3])
