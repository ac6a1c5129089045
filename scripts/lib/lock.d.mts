export function tryLock(file: string): Promise<{ unlock?: () => void; holder?: string }>;
