--[[
Adds an entry to a feed. All entries have the time at which the feed began in front of their number, so that numbers
have no gaps, and those of a feed that was forgotten and began anew are told apart.

KEYS[1]  feed:<owner>
ARGV     epoch ms now; at most so many entries; how long the feed is kept, ms; the entry, JSON
Returns  the id of the entry
]]
local last = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
local epoch = last and string.match(last[1], '^%d+') or ARGV[1]
local id = redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[2], epoch .. '-*', 'e', ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return id
