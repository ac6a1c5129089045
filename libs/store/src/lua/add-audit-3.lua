--[[
Adds an entry to the audit log of a day, or counts it as a repetition of an equal one that was added lately. An actor with too
many entries gets no further ones that day.

KEYS[1]  audit:{day}:entries
KEYS[2]  audit:{day}:order
KEYS[3]  audit:{day}:recent:<print>
ARGV[1]  now, epoch ms
ARGV[2]  entry without its id, JSON
ARGV[3]  time for which equal entries count as repetitions, ms
ARGV[4]  lifetime of the day, ms
ARGV[5]  actor, '' for one whose entries are not counted
ARGV[6]  maximum number of entries of an actor
Returns  id of the entry; '' if the actor has too many
]]
local now = tonumber(ARGV[1])
local known = redis.call('GET', KEYS[3])
if known then
  redis.call('HINCRBY', KEYS[1], 'n:' .. known, 1)
  redis.call('HSET', KEYS[1], 'l:' .. known, ARGV[1])
  return known
end
if ARGV[5] ~= '' then
  local entries = redis.call('HINCRBY', KEYS[1], 'a:' .. ARGV[5], 1)
  if entries > tonumber(ARGV[6]) then return '' end
end
local newest = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2]
local at = string.format('%.0f', math.max(now, tonumber(newest or 0) + 1))
local id = at .. '-0'
redis.call('HSET', KEYS[1], id, ARGV[2])
redis.call('ZADD', KEYS[2], at, id)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
redis.call('SET', KEYS[3], id, 'PX', ARGV[3])
return id
