/** All texts of this page in Spanish, by file. */
export const texts = import.meta.glob<object>(['./*texts.es.ts', '../../shared/**/*texts.es.ts'], {
  eager: true,
  import: 'texts',
});
