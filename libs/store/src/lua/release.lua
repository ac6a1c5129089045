--[[
Deletes a pointer, if it still points to the expected one.

KEYS[1]  open-trip:<driver>
ARGV     trip id
Returns  1 when it was deleted
]]
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])
