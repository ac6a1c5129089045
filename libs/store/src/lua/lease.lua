--[[
Takes a lease, or renews one's own.

KEYS[1]  fixes:{p}:reader
ARGV     who asks, how long it lasts in ms
Returns  1 when it is held by the one who asks, 0 when it is another's
]]
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
