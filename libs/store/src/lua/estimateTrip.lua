--[[
Keeps the newest estimate of a trip, if the trip is still the one that it was made for.

KEYS[1]  trip:<id>
ARGV     expected version; the estimate, JSON
Returns  1 when it was kept
]]
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'eta', ARGV[2])
return 1
