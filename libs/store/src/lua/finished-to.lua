local function fields(reply)
  local found = {}
  for i = 1, #reply, 2 do found[reply[i]] = reply[i + 1] end
  return found
end

-- Returns the entry up to which a partition of the fix stream is finished, the last entry that it ever had, and whether
-- processors of an earlier version have read it. They did so in the consumer group `processors`: what they acknowledged is
-- finished, too, and what they only read is not. Both positions are right, so the later one counts.
local function finishedTo(stream, cursor)
  if redis.call('EXISTS', stream) == 0 then return '0-0', '0-0', false end
  local last = fields(redis.call('XINFO', 'STREAM', stream))['last-generated-id']
  local at = redis.call('HGET', cursor, 'at') or '0-0'
  -- The stream began again, so the cursor is one of the stream before.
  if isAfter(at, last) then at = '0-0' end
  local hasGroup = false
  for _, reply in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local group = fields(reply)
    if group.name == 'processors' then
      hasGroup = true
      local to = group['last-delivered-id']
      if group.pending > 0 then to = idBefore(redis.call('XPENDING', stream, group.name)[2]) end
      if isAfter(to, at) then at = to end
    end
  end
  return at, last, hasGroup
end
