const cause: TypeError = /**/ new TypeError('inner');
throw new Error('outer', { cause });
