-- Entries looked at for their age by one call, so that a feed that was long silent costs no more than another.
local AGED_AT_ONCE = 20

-- Appends an entry to a feed and returns its id, <epoch>-<number>, where the epoch is the time of the feed's first entry. So
-- numbers have no gaps, and a feed that expired and started again has another epoch. Removes entries older than its lifetime.
local function appendEntry(feed, now, maxEntries, ttlMs, json)
  local last = redis.call('XREVRANGE', feed, '+', '-', 'COUNT', 1)[1]
  local epoch = last and string.match(last[1], '^%d+') or now
  local id = redis.call('XADD', feed, 'MAXLEN', maxEntries, epoch .. '-*', 'e', json, 't', now)
  for _, entry in ipairs(redis.call('XRANGE', feed, '-', '+', 'COUNT', AGED_AT_ONCE)) do
    local at = tonumber(entry[2][4] or now)
    if at >= now - ttlMs then break end
    redis.call('XDEL', feed, entry[1])
  end
  redis.call('PEXPIRE', feed, ttlMs)
  return id
end
