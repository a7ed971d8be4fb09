IF EXISTS (SELECT * FROM [sys].[identity_columns] WHERE [object_id] = OBJECT_ID(N'[Users]'))
    SET IDENTITY_INSERT [Users] ON;
INSERT INTO [Users] ([Id], [Email], [IsActive])
VALUES (N'1', N'ulla@example.com', CAST(1 AS bit)),
(N'2', N'otto@example.com', CAST(0 AS bit));
GO

IF NOT EXISTS (SELECT 1 FROM [Users] WHERE [Id] = N'3')
BEGIN
    INSERT INTO [Users] ([Id], [Email], [IsActive]) VALUES (N'3', N'pia@example.com', CAST(1 AS bit))
END
GO
