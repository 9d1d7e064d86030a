(globalThis as { libIsMain?: boolean }).libIsMain = import.meta.main;
