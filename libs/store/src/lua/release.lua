--[[
Deletes a key, if it still holds the expected value.

KEYS[1]  open-trip:<driver>, rider-trip:<rider> or fixes:{p}:reader
ARGV     trip id or name of the reader
Returns  1 when it was deleted
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
