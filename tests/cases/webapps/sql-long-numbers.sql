INSERT INTO `users` (`id`, `email`, `username`, `phone`) VALUES
(9007199254740993123, 'ulla@example.com', 'ulla', '0049 155 15501234'),
(00000000000000000012, 'otto@example.com', '007', NULL);
