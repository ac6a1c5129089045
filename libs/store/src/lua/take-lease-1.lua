--[[
Takes a lease that nobody holds, or renews the holder's own.

KEYS[1]  fixes:{p}:reader
ARGV[1]  name of the holder
ARGV[2]  duration, ms
Returns  1 if the lease is held now, 0 if another holds it
]]
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
