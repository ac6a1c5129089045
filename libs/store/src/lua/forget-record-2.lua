--[[
Deletes the record of a driver that left the region, if its stored version is the expected one.

KEYS[1]  {r}:drivers
KEYS[2]  {r}:whole, which never exists: Redis answers TRYAGAIN while the slot of the region moves
ARGV[1]  driver id
ARGV[2]  expected version, its eight bytes
Returns  1 if the record was deleted, otherwise 0
]]
-- include record-head
local stored = redis.call('HGET', KEYS[1], ARGV[1])
if not stored or not hasVersion(stored, ARGV[2]) then return 0 end
local _, letter = headOf(stored)
if not letter or string.lower(letter) == letter then return 0 end
return redis.call('HDEL', KEYS[1], ARGV[1])
