console.log(<p>one</p>);
