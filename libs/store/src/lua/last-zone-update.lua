-- Returns the id of the newest update of a draft, and that of its snapshot; 0-0 if there is none.
local function lastZoneUpdate(updates, snapshot)
  local compacted = redis.call('HGET', snapshot, 'id') or '0-0'
  local newest = redis.call('XREVRANGE', updates, '+', '-', 'COUNT', 1)[1]
  return newest and newest[1] or compacted, compacted
end

-- Returns the number in the id of an update.
local function numberOf(id) return tonumber(string.match(id, '^%d+')) end
