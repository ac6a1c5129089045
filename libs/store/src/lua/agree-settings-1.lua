--[[
Stores the settings that all processes share, except those that are stored already.

KEYS[1]  settings
ARGV[1]  settings of this process, a JSON object of strings
Returns  the stored settings, field and value by turns
]]
for name, value in pairs(cjson.decode(ARGV[1])) do redis.call('HSETNX', KEYS[1], name, value) end
return redis.call('HGETALL', KEYS[1])
