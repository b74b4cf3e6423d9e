[Profile]
Version=1
Id=media-player
Name=Media player
Name[de]=Medienwiedergabe
Description=Plays the files that it is given, without a network and as yet without sound
Description[de]=Spielt die übergebenen Dateien, ohne Netzwerk und bislang ohne Ton
Icon=multimedia-player
Applications=vlc.desktop;mpv.desktop;org.gnome.Totem.desktop;totem.desktop;celluloid.desktop;io.github.celluloid_player.Celluloid.desktop;parole.desktop;smplayer.desktop;org.kde.dragonplayer.desktop;
Categories=Player;

[Network]
Mode=none
