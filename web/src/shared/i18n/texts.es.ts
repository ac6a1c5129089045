import type * as English from './texts.js';
import type { Translation } from './translation.js';

export const texts: Translation<typeof English> = {
  TEXTS: {
    title: 'Idioma y unidades',
    language: 'Idioma',
    units: 'Distancias',
    clock: 'Hora',
    automatic: 'Como en el navegador',
    metric: 'Kilómetros',
    imperial: 'Millas',
    h23: '24 horas, 17:30',
    h12: '12 horas, 5:30 p. m.',
    hint: 'La página se vuelve a cargar con estos ajustes.',
    cancel: 'Cancelar',
    save: 'Guardar',
    blocked: 'Este navegador bloquea los datos de sitios, así que no se pueden guardar los ajustes.',
  },
};
