/** All texts of this page in Spanish, by file. */
export const texts = import.meta.glob<object>(['./*texts.es.ts', '../../shared/{i18n,ui}/*texts.es.ts'], {
  eager: true,
  import: 'texts',
});
