--[[
Appends an entry to a feed. The id of each entry is <epoch>-<number>, where the epoch is the time of the feed's first
entry. So numbers have no gaps, and a feed that expired and started again has another epoch.

KEYS[1]  feed:<owner>
ARGV[1]  now, epoch ms
ARGV[2]  maximum number of entries
ARGV[3]  lifetime of the feed, ms
ARGV[4]  entry, JSON
Returns  id of the entry
]]
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local epoch = last and string.match(last[1], '^%d+') or ARGV[1]
local id = redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[2], epoch .. '-*', 'e', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return id
