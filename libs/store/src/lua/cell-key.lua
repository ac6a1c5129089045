-- Included by the scripts of a region, whose KEYS[1] is {r}:drivers after the prefix of the installation. A region is a
-- resolution-3 cell; a place is the three hexadecimal digits that distinguish a resolution-6 cell within it, and the letter
-- of a status.
local STATUS = { a = 'available', b = 'busy' }
local prefix, region = string.match(KEYS[1], '^(.-{%x%x(%x%x%x%x)%x*}:)')

-- Returns the key of the geo set of a place.
local function cellKey(place)
  return prefix .. 'cell:86' .. region .. string.sub(place, 1, 3) .. 'ffffff:' .. STATUS[string.sub(place, 4)]
end
