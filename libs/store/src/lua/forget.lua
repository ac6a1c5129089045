--[[
Deletes what a region holds of a driver that left, if its stored version is still the expected one.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:whole
ARGV     id, expected version
Returns  1 when it was deleted
]]
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if not stored or string.match(stored, '^(%d+)|%x%x%x%u|') ~= ARGV[2] then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
