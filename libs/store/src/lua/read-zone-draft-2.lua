--[[
Reads the updates of a draft after one; all of it if that one is in the snapshot, or is not there any more.

KEYS[1]  {r}:zones:updates
KEYS[2]  {r}:zones:snapshot
ARGV[1]  id of the newest update that the reader has, 0-0 if none
Returns  1 if the reader must begin again, otherwise 0; then id, state and facts of the snapshot, false each if they are not
         needed; and the updates
]]
local after = ARGV[1]
local id, state, facts = unpack(redis.call('HMGET', KEYS[2], 'id', 'state', 'facts'))
local isKnown = after == (id or '0-0') or #redis.call('XRANGE', KEYS[1], after, after) == 1
if isKnown then return { 0, false, false, false, redis.call('XRANGE', KEYS[1], '(' .. after, '+') } end
local from = id and '(' .. id or '-'
return { 1, id, state, facts, redis.call('XRANGE', KEYS[1], from, '+') }
