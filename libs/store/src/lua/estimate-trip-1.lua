--[[
Stores the latest estimate of a trip, if the trip is still the version that it was made for.

KEYS[1]  trip:<id>
ARGV[1]  expected version
ARGV[2]  estimate, JSON
Returns  1 if the estimate was stored, 0 if the trip has changed
]]
if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'eta', ARGV[2])
return 1
