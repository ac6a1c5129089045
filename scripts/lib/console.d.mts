type Paint = (text: string) => string;
export const bold: Paint, dim: Paint, red: Paint, green: Paint, cyan: Paint;
export class Failure extends Error {}
export const print: (line: string) => void;
export const printError: (line: string) => void;
export const seconds: (ms: number) => string;
export function step<T>(text: string, work: () => Promise<T>): Promise<T>;
