#!/usr/bin/env -S prizm run
const line: number = 3;
console.log('fine', line);
