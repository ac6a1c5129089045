-- Included by scripts that read records, whose format record-bytes.ts documents. Version 0.1 stored text:
-- `version|place|t|…`.

-- Returns version, letter of the status, time of the fix and delay of its arrival, ms; nil for a record in another format. The
-- delay is nil in text.
local function headOf(record)
  if string.byte(record) == 2 then return struct.unpack('>dxxxc1I6xxxxxxxxxxxxxi6', record, 2) end
  local version, letter, t = string.match(record, '^(%d+)|%x%x%x(%a)|(%d+)|')
  return tonumber(version), letter, tonumber(t)
end

-- Returns whether a record has a version, in its eight bytes.
local function hasVersion(record, version)
  if string.find(record, version, 2, true) == 2 then return true end
  local text = string.match(record, '^%d+')
  return text ~= nil and tonumber(text) == struct.unpack('>d', version)
end

-- Returns a record without the tail of its track, whose place is in the record.
local function withoutTail(record)
  local high, low = string.byte(record, 40, 41)
  if string.byte(record) ~= 2 or not low then return record end
  return string.sub(record, 1, high * 256 + low)
end
