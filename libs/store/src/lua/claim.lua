--[[
Points a driver to another region, if it still points to the expected one.

KEYS[1]  driver:<id>
ARGV     expected region or '' for none, new region
Returns  1 when it now points to the new region, 0 when someone else was first
]]
local region = redis.call('HGET', KEYS[1], 'region') or ''
if region ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[1], 'region', ARGV[2])
redis.call('PERSIST', KEYS[1])
return 1
