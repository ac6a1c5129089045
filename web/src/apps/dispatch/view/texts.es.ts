import type { Translation } from '../../../shared/i18n/translation.js';
import type * as English from './texts.js';

export const texts: Translation<typeof English> = {
  TEXTS: {
    keys: 'Atajos de teclado',
    close: 'Cerrar',
    save: (name) => `Guardar esta vista como «${name}»`,
    open: (name) => `Mostrar vista: ${name}`,
    delete: (name) => `Eliminar vista: ${name}`,
  },
  KEYS: [
    ['Ctrl K', 'Búsqueda y comandos'],
    ['/', 'Buscar en la lista'],
    ['j', 'Seleccionar el vehículo siguiente'],
    ['k', 'Seleccionar el vehículo anterior'],
    ['Space', 'Marcar el vehículo para una acción común, en la lista'],
    ['Ctrl Enter', 'Confirmar un diálogo'],
    ['Esc', 'Terminar la repetición o la selección'],
    ['?', 'Mostrar estos atajos'],
  ],
};
