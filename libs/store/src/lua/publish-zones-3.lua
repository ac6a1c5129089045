--[[
Publishes a version of a region's zones, if the newest one is the one that it was compared with.

KEYS[1]  {zones}:published
KEYS[2]  {zones}:versions:<region>
KEYS[3]  {zones}:data:<region>
ARGV[1]  region
ARGV[2]  expected number of the newest version, 0 if there is none
ARGV[3]  the version without its zones and times, JSON
ARGV[4]  zones, JSON, gzip
ARGV[5]  time between publication and effect, ms
ARGV[6]  number of versions to keep
Returns  the version without its zones, JSON; false if another is the newest
]]
-- include now-ms
local current = redis.call('HGET', KEYS[1], ARGV[1])
local newest = current and cjson.decode(current) or { version = 0, effectiveAt = 0 }
if newest.version ~= tonumber(ARGV[2]) then return false end
local info = cjson.decode(ARGV[3])
info.version = newest.version + 1
info.at = nowMs()
-- Versions take effect in their order.
info.effectiveAt = math.max(info.at + ARGV[5], newest.effectiveAt + 1)
local text = cjson.encode(info)
redis.call('HSET', KEYS[3], info.version, ARGV[4])
redis.call('HSET', KEYS[2], info.version, text)
redis.call('HSET', KEYS[1], ARGV[1], text)
local oldest = info.version - ARGV[6]
if oldest > 0 then
  redis.call('HDEL', KEYS[2], oldest)
  redis.call('HDEL', KEYS[3], oldest)
end
return text
