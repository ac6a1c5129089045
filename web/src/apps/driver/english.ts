/** All texts of this page, by file. A translation replaces them. */
export const texts = import.meta.glob<object>(['./*texts.ts', '../../shared/**/*texts.ts'], { eager: true });
