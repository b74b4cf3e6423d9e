#!/usr/bin/gjs
// SPDX-License-Identifier: LGPL-2.1-or-later
// Lists the running sandboxes of this account with what they use at the moment.

imports.gi.versions.Glovebox = '1';
const {Gio, GLib, Glovebox} = imports.gi;

Gio._promisify(Glovebox.RunningSandbox, 'open_async', 'open_finish');
Gio._promisify(Glovebox.RunningSandbox.prototype, 'read_figures_async', 'read_figures_finish');

async function show(name) {
    try {
        const sandbox = await Glovebox.RunningSandbox.open_async(name, null);
        // What is not known is not in the dictionary.
        const figures = (await sandbox.read_figures_async(null)).recursiveUnpack();
        const words = Object.keys(figures).sort().map(key => `${key}=${figures[key]}`);
        print([sandbox.get_name(), sandbox.dup_condition(), sandbox.dup_title(), ...words].join('  '));
    } catch (error) {
        // It may have ended meanwhile.
        if (!error.matches(Glovebox.error_quark(), Glovebox.Error.NOT_FOUND))
            printerr(error.message);
    }
}

const loop = GLib.MainLoop.new(null, false);
Promise.all(Glovebox.RunningSandbox.list().map(show)).finally(() => loop.quit());
loop.run();
