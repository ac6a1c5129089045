--[[
Takes the lease on a partition of the fix stream, if nobody else holds it, and returns where to continue. From here on the
cursor replaces the consumer group with which processors of earlier versions read the partition.

KEYS[1]  fixes:{p}:reader
KEYS[2]  fixes:{p}:cursor
KEYS[3]  fixes:{p}
ARGV[1]  holder of the lease
ARGV[2]  duration of the lease, ms
Returns  nothing if another holds the lease; otherwise the entry up to which all are finished, and the id up to which entries
         may have been handled before
]]
-- include now-ms
-- include stream-ids
-- include finished-to
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return {} end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])

local at, last, hasGroup = finishedTo(KEYS[3], KEYS[2])
-- No holder reads after its lease has ended, so what came later is new.
local mayBeRead = last
local leaseEnd = redis.call('HGET', KEYS[2], 'until')
if leaseEnd and not hasGroup then
  local latest = leaseEnd .. '-18446744073709551615'
  if isAfter(last, latest) then mayBeRead = latest end
end
redis.call('HSET', KEYS[2], 'at', at, 'until', string.format('%.0f', nowMs() + ARGV[2]))
if hasGroup then redis.call('XGROUP', 'DESTROY', KEYS[3], 'processors') end
return { at, mayBeRead }
