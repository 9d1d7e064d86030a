export const isAdmin = false; /*‮ } ⁦ if (isAdmin)⁩ */
