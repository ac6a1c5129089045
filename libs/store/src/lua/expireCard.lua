--[[
Lets a card expire, if nobody claimed its driver since that left. What it says of the driver between two regions is over.

KEYS[1]  driver:<id>
ARGV     the region that it left, version of its departure, after how many seconds
]]
local region, claimed = unpack(redis.call('HMGET', KEYS[1], 'region', 'claimed'))
if region ~= ARGV[1] or tonumber(claimed) > tonumber(ARGV[2]) then return end
redis.call('HDEL', KEYS[1], 'left', 'status', 'shift', 'statusAt')
redis.call('EXPIRE', KEYS[1], ARGV[3])
