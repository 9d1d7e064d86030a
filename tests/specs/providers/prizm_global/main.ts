console.log(Prizm.version);
