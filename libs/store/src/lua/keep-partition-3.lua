--[[
Renews or ends the lease on a partition of the fix stream, and commits the cursor: what it passes is finished, and is removed.
Only the holder of the lease can do this; one that was stalled until another took the lease changes nothing.

KEYS[1]  fixes:{p}:reader
KEYS[2]  fixes:{p}:cursor
KEYS[3]  fixes:{p}
ARGV[1]  holder of the lease
ARGV[2]  duration of the lease, ms; 0 to end it
ARGV[3]  entry up to which all are finished, or ''
Returns  1; 0 if another holds the lease or it has ended, or if the stream has lost that entry: the caller must then take the
         partition again
]]
-- include now-ms
-- include stream-ids
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], 'until', string.format('%.0f', nowMs() + ARGV[2]))
if ARGV[2] == '0' then redis.call('DEL', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[2]) end

if ARGV[3] == '' or not isAfter(ARGV[3], redis.call('HGET', KEYS[2], 'at') or '0-0') then return 1 end
-- A failover may have taken back the end of the stream. If the entry is still there, so is everything before it; otherwise
-- other entries may stand before its id, which nobody has read.
if #redis.call('XRANGE', KEYS[3], ARGV[3], ARGV[3]) == 0 then return 0 end
redis.call('HSET', KEYS[2], 'at', ARGV[3])
-- Exactly, not approximately: the length of the stream is then the number of entries that are not finished.
redis.call('XTRIM', KEYS[3], 'MINID', idAfter(ARGV[3]))
return 1
