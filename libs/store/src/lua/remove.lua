--[[
Takes one driver out of a region, if its stored version is still the expected one.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:seen
KEYS[3]  the cell that holds the driver
ARGV     id, expected version
Returns  1 when it was removed, 0 when it was not there in that version
]]
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if not stored or string.match(stored, '^(%d+)') ~= ARGV[2] then return 0 end
redis.call('ZREM', KEYS[3], ARGV[1])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('HDEL', KEYS[1], ARGV[1])
return 1
