--[[
Reads the clock of the node that holds a key, so that all processes read the same one in a cluster.

KEYS[1]  nodes
Returns  time in microseconds since 1970, as a string
]]
local time = redis.call('TIME')
return string.format('%d%06d', time[1], time[2])
