--[[
Lets a card expire, if nobody claimed its driver since that left.

KEYS[1]  driver:<id>
ARGV     the region that it left, version of its departure, after how many seconds
]]
local region, claimed = unpack(redis.call('HMGET', KEYS[1], 'region', 'claimed'))
if region == ARGV[1] and tonumber(claimed) <= tonumber(ARGV[2]) then redis.call('EXPIRE', KEYS[1], ARGV[3]) end
