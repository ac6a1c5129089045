-- Ids of stream entries are `ms-seq`. Returns both parts as numbers.
local function partsOf(id)
  local ms, seq = string.match(id, '^(%d+)-(%d+)$')
  return tonumber(ms), tonumber(seq)
end

local function isAfter(a, b)
  local aMs, aSeq = partsOf(a)
  local bMs, bSeq = partsOf(b)
  if aMs ~= bMs then return aMs > bMs end
  return aSeq > bSeq
end

-- Returns the smallest id after this one.
local function idAfter(id)
  local ms, seq = partsOf(id)
  return string.format('%.0f-%.0f', ms, seq + 1)
end

-- Returns the largest id before this one.
local function idBefore(id)
  local ms, seq = partsOf(id)
  if seq == 0 then return string.format('%.0f-18446744073709551615', ms - 1) end
  return string.format('%.0f-%.0f', ms, seq - 1)
end
