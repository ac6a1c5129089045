--[[
Measures one partition of the fix stream. The counters of Redis are not used, because after an unclean stop they may stay wrong
for good: all entries that exist are counted, and finished ones are subtracted.

KEYS[1]  fixes:{p}
KEYS[2]  fixes:{p}:reader
KEYS[3]  fixes:{p}:cursor
ARGV[1]  number of entries that are read at once
Returns  number of entries that are not finished; age of the oldest of them, ms; the entry up to which all are finished; the
         holder of the lease, or ''
]]
-- include now-ms
-- include stream-ids
-- include finished-to
local reader = redis.call('GET', KEYS[2]) or ''
local at = finishedTo(KEYS[1], KEYS[3])
local unfinished = redis.call('XLEN', KEYS[1])

-- Finished entries are removed when the cursor passes them; only processors of an earlier version leave some.
local from = '-'
repeat
  local finished = redis.call('XRANGE', KEYS[1], from, at, 'COUNT', ARGV[1])
  unfinished = unfinished - #finished
  if #finished > 0 then from = '(' .. finished[#finished][1] end
until #finished < tonumber(ARGV[1])

local oldestMs = 0
local oldest = redis.call('XRANGE', KEYS[1], '(' .. at, '+', 'COUNT', 1)[1]
if oldest then oldestMs = math.max(0, nowMs() - partsOf(oldest[1])) end
return { unfinished, oldestMs, at, reader }
