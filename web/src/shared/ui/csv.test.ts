import { expect, it } from 'vitest';
import { csvOf } from './csv.js';

it('quotes what would end a cell, and keeps spreadsheets from running texts as formulas', () => {
  const rows = [
    ['x,"y"', 1],
    ['=HYPERLINK("z")', true],
    ['-1', -1],
  ];
  expect(csvOf(['a', 'b'], rows).split('\r\n')).toEqual([
    'a,b',
    '"x,""y""",1',
    `"'=HYPERLINK(""z"")",true`,
    `'-1,-1`,
    '',
  ]);
});
