--[[
Deletes a key, if it holds the expected value.

KEYS[1]  open-trip:<driver>, rider-trip:<rider> or fixes:{p}:reader
ARGV[1]  expected value
Returns  1 if the key was deleted, otherwise 0
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
