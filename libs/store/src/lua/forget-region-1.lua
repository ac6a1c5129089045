--[[
Removes a region from the set of regions, if nothing was written to it since a given time.

KEYS[1]  regions:written
ARGV[1]  region
ARGV[2]  epoch ms
Returns  nothing
]]
local writtenAt = redis.call('ZSCORE', KEYS[1], ARGV[1])
if writtenAt and tonumber(writtenAt) < tonumber(ARGV[2]) then redis.call('ZREM', KEYS[1], ARGV[1]) end
